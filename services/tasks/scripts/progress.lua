-- ARGV: id, token, data. Gives 1, or 0 if the attempt has lost its lease.
local held = call('ZSCORE', L, ARGV[1])
if not held or held % TOKENS ~= tonumber(ARGV[2]) then return 0 end
call('HSET', G, ARGV[1], ARGV[3])
return 1
