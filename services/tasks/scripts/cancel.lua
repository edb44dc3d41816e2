-- ARGV: id. Gives 1 if it waited and will not run, 2 if it runs and was told to stop, 0 otherwise.
even_if_full()
local id = ARGV[1]
local rec = call('HGET', T, id)
local waited = call('ZREM', R, id) + call('ZREM', S, id)
local has = extras(rec)
if has.k then waited = waited + call('ZREM', P .. 'p:' .. has.k, id) end
if waited == 0 and rec and not call('ZSCORE', L, id) and not call('ZSCORE', X, id) then
  waited = 1
  one_gone(1)
end
if waited > 0 then
  forget(id)
  conclude(id, '-{"type":"Cancelled","text":"the task was cancelled before it ran","traceback":""}',
    keep_of(rec), rec)
  count('cancelled', 1)
  return 1
end
if call('ZSCORE', L, id) then
  call('HSET', K, id, '1')
  call('PUBLISH', P .. 'ctl', 'c' .. id)
  count('cancelled', 1)
  return 2
end
return 0
