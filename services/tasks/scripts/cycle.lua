-- Ends tasks and claims others in one call. ARGV: lease in ms, how many are wanted, how many end;
-- for each that ends: id, token, what ('d' done, 'r' again after a delay, 'x' dead, 'b' given back),
-- whether its record is special, time to keep the result, delay, data.
-- Gives: now, next due time or -1, how many may run, places of refused ends, and for each claimed
-- task id, token, attempt, record.
local lease, want, ends = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local refused, claimed = {}, {}
even_if_full()

if ends > 0 then
  local ids = {}
  for i = 1, ends do ids[i] = ARGV[7 * i - 3] end
  local held = call('ZMSCORE', L, unpack(ids))
  local left, gone, failed = {}, {}, 0
  for i = 1, ends do
    local at = 7 * i - 3
    local id, what, keep, data = ids[i], ARGV[at + 2], tonumber(ARGV[at + 4]), ARGV[at + 6]
    if not held[i] or held[i] % TOKENS ~= tonumber(ARGV[at + 1]) then
      refused[#refused + 1] = i
    else
      left[#left + 1] = id
      if what == 'd' then
        gone[#gone + 1] = id
        if string.sub(data, 1, 1) == '-' then failed = failed + 1 end
        if ARGV[at + 3] == '1' then
          local rec = call('HGET', T, id)
          leave(rec)
          conclude(id, data, keep, rec)
        else
          if keep > 0 then call('SET', P .. 'R:' .. id, data, 'PX', keep) end
          tell(id, data)
        end
      else
        local rec = call('HGET', T, id)
        leave(rec)
        if what == 'x' or not sound(rec) then
          bury(id, rec, data)
        elseif what == 'b' then
          call('HSET', T, id, bumped(rec, 1))
          push(id, band_of(rec), math.min(made_at(id), now))
        else
          call('HSET', T, id, bumped(rec, 0))
          push(id, band_of(rec), now + tonumber(ARGV[at + 5]))
          count('retried', 1)
        end
      end
    end
  end
  if left[1] then
    call('ZREM', L, unpack(left))
    if call('EXISTS', K, G) > 0 then
      call('HDEL', K, unpack(left))
      call('HDEL', G, unpack(left))
    end
  end
  if gone[1] then
    call('HDEL', T, unpack(gone))
    count('done', #gone)
    if failed > 0 then count('failed', failed) end
  end
end

-- How many of `wanted` a rate of `per` ms for `times` lets through now.
local function allowed(key, times, per, wanted)
  local gap = per / times
  local free = math.max(tonumber(call('HGET', Q, key) or 0), now - per + gap)
  local may = math.min(wanted, math.floor((now - free) / gap + 1 + 1e-9))
  if may < 0 then may = 0 end
  return may, free, gap
end

-- Whether a task with limits of its own may run now; otherwise it is put aside.
local function admitted(id, rec)
  local has = extras(rec)
  if not has.k then return true end
  if has.c and tonumber(call('HGET', C, has.k) or 0) >= tonumber(has.c) then
    call('ZADD', P .. 'p:' .. has.k, band_of(rec) * B + math.min(made_at(id), now), id)
    call('SADD', P .. 'pk', has.k)
    return false
  end
  if has.r then
    local times, per = string.match(has.r, '(%d+)/(%d+)')
    local may, free, gap = allowed(has.k, tonumber(times), tonumber(per), 1)
    if may == 0 then
      call('ZADD', S, math.ceil(free) * 256 + band_of(rec), id)
      return false
    end
    call('HSET', Q, has.k, free + gap)
  end
  if has.c then call('HINCRBY', C, has.k, 1) end
  return true
end

promote()
local wait_until = nil
local options = call('HMGET', O, 'paused', 'running', 'times', 'per')
if options[1] then want = 0 end
if options[2] then want = math.min(want, tonumber(options[2]) - call('ZCARD', L)) end
if options[3] and want > 0 then
  local may, free, gap = allowed('', tonumber(options[3]), tonumber(options[4]), want)
  if may < want then wait_until = math.ceil(free + may * gap) end
  want = math.min(may, ready_count())
  if want > 0 then call('HSET', Q, '', free + want * gap) end
end

local rounds = 0
while want > 0 and rounds < 8 do
  rounds = rounds + 1
  local ids, _, of_list, of_set = first_ready(want)
  if not ids[1] then break end
  if of_list > 0 then call('LPOP', A, of_list) end
  if of_set > 0 then call('ZPOPMIN', R, of_set) end
  local leases, gone = {}, 0
  local records = call('HMGET', T, unpack(ids))
  for i, id in ipairs(ids) do
    local rec = records[i]
    if not rec and of_list > 0 then
      gone = gone + 1
    elseif not sound(rec) then
      bury(id, rec, '-{"type":"CorruptTask","text":"the record of this task cannot be read","traceback":""}')
    elseif string.byte(rec, 2) % 2 == 0 or admitted(id, rec) then
      local claims, given = struct.unpack('<HH', rec, 3)
      local token = (claims + 1) % TOKENS
      leases[#leases + 1] = (now + lease) * TOKENS + token
      leases[#leases + 1] = id
      local at = #claimed
      claimed[at + 1], claimed[at + 2], claimed[at + 3], claimed[at + 4] =
        id, token, (claims + 1 - given) % 65536, rec
      want = want - 1
    end
  end
  if leases[1] then call('ZADD', L, unpack(leases)) end
  if gone > 0 then one_gone(-gone) end
end

local ready = ready_count()
local due = next_due()
if ready > 0 and not options[1] then
  if wait_until then
    if due < 0 or wait_until < due then due = wait_until end
  else
    arm(0)
  end
end
return {now, due, ready, refused, claimed}
