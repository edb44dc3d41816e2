-- ARGV: how many later steps, their ids; how many groups; for each group its id, number of members,
-- time to keep the result, the step after it ('' is none). Announces what comes later, so that its
-- result can be waited for.
local steps = tonumber(ARGV[1])
for i = 2, steps + 1 do call('HSET', F, ARGV[i], '') end
local at = steps + 3
for _ = 1, tonumber(ARGV[steps + 2]) do
  local id, total, keep, step = unpack(ARGV, at, at + 3)
  call('HSET', F, id, '')
  local key = P .. 'G:' .. id
  call('HSET', key, 'n', total, 'left', total, 'keep', keep)
  if step ~= '' then call('HSET', key, 'next', step) end
  call('PEXPIRE', key, 30 * 86400000)
  at = at + 4
end
return 'OK'
