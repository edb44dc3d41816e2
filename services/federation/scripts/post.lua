-- life, whether there is more than answers in it, bundle, bound: 1; 0 if its inbox is full; -1 if its
-- life is over; -2 if it takes answers only.
local inbox = P .. 'i:' .. ARGV[1]
if call('EXISTS', inbox) == 0 then return -1 end
if ARGV[2] == '1' and call('SISMEMBER', X, ARGV[1]) == 1 then return -2 end
if call('XLEN', inbox) >= tonumber(ARGV[4]) then return 0 end
call('XADD', inbox, '*', 'b', ARGV[3])
return 1
