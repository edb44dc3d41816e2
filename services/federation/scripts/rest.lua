-- life, name, token, saves, state, releases: 1, or 0 if the name is not its any more.
local life, name = ARGV[1], ARGV[2]
local owner, token = owner_of(name)
if owner ~= life or token ~= ARGV[3] or not alive(life) then return 0 end
if ARGV[4] == '1' then
  if ARGV[5] == '' then call('DEL', P .. 's:' .. name) else call('SET', P .. 's:' .. name, ARGV[5]) end
end
if ARGV[6] == '1' then
  call('HDEL', N, name)
  call('SREM', P .. 'a:' .. life, name)
end
return 1
