// A client in thirty lines over the types that openapi-typescript makes of the document.
import type { paths } from "./schema.js";

type Get<P extends keyof paths> = paths[P] extends { get: infer O } ? O : never;
type Query<P extends keyof paths> = Get<P> extends { parameters: { query?: infer Q } }
  ? NonNullable<Q>
  : never;
type Path<P extends keyof paths> = Get<P> extends { parameters: { path: infer Q } } ? Q : {};
type Content<P extends keyof paths> = Get<P> extends {
  responses: { 200: { content: infer C } };
}
  ? C
  : never;
export type Body<P extends keyof paths> = Content<P>[keyof Content<P>];

export async function get<P extends keyof paths>(
  base: string,
  path: P,
  ids: Path<P>,
  query?: Query<P>,
): Promise<Body<P>> {
  let address: string = path;
  for (const [name, value] of Object.entries(ids as Record<string, string>)) {
    address = address.replace(`{${name}}`, encodeURIComponent(value));
  }
  const pairs = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    for (const one of Array.isArray(value) ? value : [value]) pairs.append(name, String(one));
  }
  const answer = await fetch(`${base}${address}?${pairs}`);
  if (!answer.ok) throw new Error(`${answer.status} for ${address}: ${await answer.text()}`);
  const type = answer.headers.get("content-type") ?? "";
  return (type.includes("json") && !type.includes("ndjson")
    ? await answer.json()
    : await answer.text()) as Body<P>;
}
