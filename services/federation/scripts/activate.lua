-- life, name: {1, token, what was saved}; {0, the life that has it}; {-1} if the own life is over.
local life, name = ARGV[1], ARGV[2]
if not alive(life) then return {-1} end
local owner = owner_of(name)
if owner and owner ~= life and alive(owner) then return {0, owner} end
local token = give(name, life)
return {1, token, call('GET', P .. 's:' .. name) or ''}
