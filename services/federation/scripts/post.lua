-- life, bundle, bound: 1; 0 if its inbox is full; -1 if its life is over.
local inbox = P .. 'i:' .. ARGV[1]
if call('EXISTS', inbox) == 0 then return -1 end
if call('XLEN', inbox) >= tonumber(ARGV[3]) then return 0 end
call('XADD', inbox, '*', 'b', ARGV[2])
return 1
