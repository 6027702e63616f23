-- Walks a file of requests with wrk, so that every request is another one.
--
--   wrk … -s walk.lua URL -- FILE FIRST MOST
--
-- FILE has a path a line, and after a tab an If-None-Match header if it has one; FIRST is the line to
-- begin with, from 0; after MOST requests it stops, before its time. At the end one line of JSON says what
-- was measured (times in microseconds) and how many requests were sent, so that the next run goes on
-- where this one stopped.
-- https://github.com/wg/wrk/blob/master/SCRIPTING

local threads = {}

function setup(thread)
  threads[#threads + 1] = thread
end

function init(args)
  requests = {}
  for line in io.lines(args[1]) do
    local path, etag = line:match("^([^\t]+)\t?(.*)$")
    local headers = {}
    for name, value in pairs(wrk.headers) do
      headers[name] = value
    end
    if etag ~= "" then
      headers["If-None-Match"] = etag
    end
    requests[#requests + 1] = wrk.format("GET", path, headers)
  end
  first = tonumber(args[2])
  most = tonumber(args[3])
  sent = 0
end

function request()
  if sent >= most then
    wrk.thread:stop()
  end
  local at = (first + sent) % #requests + 1
  sent = sent + 1
  return requests[at]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '{"requests": %d, "microseconds": %d, "bytes": %d, "sent": %d, "p50": %d, "p90": %d, '
      .. '"p99": %d, "max": %d, "errors": {"connect": %d, "read": %d, "write": %d, '
      .. '"status": %d, "timeout": %d}}\n',
    summary.requests, summary.duration, summary.bytes, threads[1]:get("sent"),
    latency:percentile(50), latency:percentile(90), latency:percentile(99), latency.max,
    errors.connect, errors.read, errors.write, errors.status, errors.timeout
  ))
end
