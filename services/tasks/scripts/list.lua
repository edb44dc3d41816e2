-- ARGV: state, offset, how many. Gives id, time, record, and error or progress of each.
local state, first, many = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local key = ({scheduled = S, running = L, dead = X})[state]
local out, found = {}, {}
if state == 'parked' then
  for _, k in ipairs(call('SMEMBERS', P .. 'pk')) do
    for _, each in ipairs(call('ZRANGE', P .. 'p:' .. k, 0, first + many - 1, 'WITHSCORES')) do
      found[#found + 1] = each
    end
  end
  found = {unpack(found, 2 * first + 1, math.min(#found, 2 * (first + many)))}
elseif state == 'ready' then
  local ids, times = first_ready(first + many)
  for i = first + 1, #ids do
    if call('HEXISTS', T, ids[i]) == 1 then
      found[#found + 1] = ids[i]
      found[#found + 1] = times[i]
    end
  end
else
  found = call('ZRANGE', key, first, first + many - 1, 'WITHSCORES')
end
for i = 1, #found, 2 do
  local id, score = found[i], tonumber(found[i + 1])
  local at = score
  if state == 'parked' then at = score % B end
  if state == 'scheduled' then at = math.floor(score / 256) end
  if state == 'running' then at = math.floor(score / TOKENS) end
  local more = state == 'dead' and call('HGET', E, id) or call('HGET', G, id)
  out[#out + 1] = id
  out[#out + 1] = at
  out[#out + 1] = call('HGET', T, id) or ''
  out[#out + 1] = more or ''
end
return out
