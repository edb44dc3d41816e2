-- ARGV: id. Gives state, record, progress, error; the state is '' if nobody knows the task.
local id = ARGV[1]
local rec = call('HGET', T, id)
local state = ''
if call('ZSCORE', L, id) then state = 'running'
elseif call('ZSCORE', R, id) then state = 'ready'
elseif call('ZSCORE', S, id) then state = 'scheduled'
elseif call('ZSCORE', X, id) then state = 'dead'
elseif rec then
  local has = extras(rec)
  state = has.k and call('ZSCORE', P .. 'p:' .. has.k, id) and 'parked' or 'ready'
elseif call('HEXISTS', F, id) == 1 then state = 'later'
elseif call('EXISTS', P .. 'R:' .. id) == 1 then state = 'finished'
end
return {state, rec or '', call('HGET', G, id) or '', call('HGET', E, id) or ''}
