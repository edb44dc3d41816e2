-- ARGV: wake ('1' or '0'), then id, due ('' is now), unique key ('' is none), record for each task.
-- Gives the ids: that of the living task where a unique one was there already.
if ARGV[1] == '0' then woken = true end
local ids, records, listed, ready = {}, {}, {}, {}
local stamp = struct.pack('>I6', now)
for i = 2, #ARGV, 4 do
  local id, due, unique, rec = ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3]
  local held = unique ~= '' and call('HGET', U, unique)
  if held and call('HEXISTS', T, held) == 1 and not call('ZSCORE', X, held) then
    ids[#ids + 1] = held
  else
    if unique ~= '' then call('HSET', U, unique, id) end
    ids[#ids + 1] = id
    records[#records + 1] = id
    records[#records + 1] = rec
    local at = due == '' and now or tonumber(due)
    if due == '' and string.byte(rec, 9) == USUAL then
      listed[#listed + 1] = id .. stamp
    elseif at <= now then
      ready[#ready + 1] = string.byte(rec, 9) * B + at
      ready[#ready + 1] = id
    else
      push(id, string.byte(rec, 9), at)
    end
  end
end
if records[1] then
  call('HSET', T, unpack(records))
  count('added', #records / 2)
end
if listed[1] then call('RPUSH', A, unpack(listed)) end
if ready[1] then call('ZADD', R, unpack(ready)) end
if (listed[1] or ready[1]) and not woken then arm(0) end
return ids
