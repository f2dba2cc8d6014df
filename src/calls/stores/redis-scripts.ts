/** Lua that Redis runs as one step. Numbers are written with `%.0f`: Lua's own form loses digits of microseconds. */

/**
 * A place in each window or in none. Keys: sorted sets of calls by microsecond. Arguments: a name for the call, then
 * limit and length of each window in milliseconds. Returns the index of the fullest window from 1 (0: taken) and the
 * wait in milliseconds.
 */
export const TAKE = `
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local fullest, longest = 0, 0
for i, key in ipairs(KEYS) do
  local limit, length = tonumber(ARGV[i * 2]), tonumber(ARGV[i * 2 + 1]) * 1000
  redis.call('ZREMRANGEBYSCORE', key, '-inf', string.format('%.0f', now - length))
  local count = redis.call('ZCARD', key)
  if count >= limit then
    local call = redis.call('ZRANGE', key, count - limit, count - limit, 'WITHSCORES')
    local wait = tonumber(call[2]) + length - now
    if wait > longest then fullest, longest = i, wait end
  end
end
if fullest > 0 then return {fullest, math.ceil(longest / 1000)} end
for i, key in ipairs(KEYS) do
  redis.call('ZADD', key, string.format('%.0f', now), ARGV[1])
  redis.call('PEXPIRE', key, ARGV[i * 2 + 1])
end
return {0, 0}`;

/**
 * A number that never comes back, also when Redis lost the key: it begins with the time. Argument: how much to add,
 * and how long to keep it in milliseconds, which is longer than anything kept under it.
 */
export const GENERATION = `
local value = redis.call('GET', KEYS[1])
if not value then
  local time = redis.call('TIME')
  value = time[1] * 1000000 + time[2]
end
value = tonumber(value) + tonumber(ARGV[1])
redis.call('SET', KEYS[1], string.format('%.0f', value), 'PX', ARGV[2])
return value`;
