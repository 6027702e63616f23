// What a frontend does: who said what, where, and the same words sliced out of the text.
import { get } from "./client.js";

export async function tell(base: string): Promise<string[]> {
  const page = await get(base, "/v1/quotes", {}, { offset_unit: "utf16", limit: 5, q: "the" });
  const lines: string[] = [];
  for (const quote of page.data) {
    const text = await get(base, "/v1/articles/{article_id}/text", {
      article_id: quote.article_id,
    });
    for (const part of quote.parts) {
      if (text.slice(part.start, part.end) !== part.text) throw new Error(`wrong: ${part.text}`);
    }
    const who: string = quote.speaker?.name ?? "somebody";
    const share: number = quote.confidence;
    lines.push(`${who}: ${quote.text} (${share.toFixed(2)})`);
  }
  const counts = await get(base, "/v1/quotes/counts", {}, { group_by: "speaker" });
  lines.push(...counts.data.map((row) => `${row.label ?? "nobody"}: ${row.count}`));
  return lines;
}
