-- ARGV: id, channel ('' only looks). Gives {1, result}, {2} if it is to come (and will be told on the
-- channel), {0} if nobody knows the task.
local id, channel = ARGV[1], ARGV[2]
local data = call('GET', P .. 'R:' .. id)
if not data and call('ZSCORE', X, id) then data = call('HGET', E, id) end
if data then return {1, data} end
if call('HEXISTS', T, id) == 0 and call('HEXISTS', F, id) == 0 then return {0} end
if channel ~= '' then
  local who = call('HGET', W, id)
  if not who then
    call('HSET', W, id, channel)
  elseif not string.find(' ' .. who .. ' ', ' ' .. channel .. ' ', 1, true) then
    call('HSET', W, id, who .. ' ' .. channel)
  end
end
return {2}
