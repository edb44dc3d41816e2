-- life, lease, load, unwell, singletons..: {1, version, names of singletons that it has}, or {0} if
-- its life is over. Who is unwell keeps what it has and gets nothing more.
local life, lease, load, unwell = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4] == '1'
local inbox = P .. 'i:' .. life
if not alive(life) or call('PEXPIRE', inbox, lease * 3) == 0 then return {0} end
local dead = call('ZRANGEBYSCORE', L, '-inf', now(), 'LIMIT', 0, 32)
for _, each in ipairs(dead) do bury(each) end
if #dead > 0 then changed() end
call('ZADD', L, now() + lease, life)
if unwell then load = load + UNWELL end
for _, kind in ipairs(call('SMEMBERS', P .. 'c:' .. life)) do
  call('ZADD', P .. 'h:' .. kind, load, life)
end
sweep(200)
local mine = {}
for i = 5, #ARGV do
  local owner = owner_of(ARGV[i])
  if owner ~= life and not unwell and not (owner and alive(owner)) then
    give(ARGV[i], life)
    owner = life
  end
  if owner == life then mine[#mine + 1] = ARGV[i] end
end
return {1, tonumber(call('GET', V) or 0), mine}
