-- life of who asks, name, kind: {the life that has the actor, or shall have it}, or {} if nobody can.
local asker, name, kind = ARGV[1], ARGV[2], ARGV[3]
local how = call('HGET', K, kind)
if not how then return {} end
if how ~= 'named' then
  local owner = owner_of(name)
  if owner and alive(owner) then return {owner} end
end
local all = keepers(kind)
local best = all[1]
if not best then return {} end
local load = call('ZSCORE', P .. 'h:' .. kind, best)
if call('ZSCORE', P .. 'h:' .. kind, asker) == load then best = asker end
call('ZINCRBY', P .. 'h:' .. kind, 1, best)
if how ~= 'named' then give(name, best) end
return {best}
