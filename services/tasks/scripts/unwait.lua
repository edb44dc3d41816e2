-- ARGV: channel, then ids whose results need not be told to it any more.
local channel = ARGV[1]
for i = 2, #ARGV do
  local left = {}
  for one in string.gmatch(call('HGET', W, ARGV[i]) or '', '%S+') do
    if one ~= channel then left[#left + 1] = one end
  end
  if left[1] then
    call('HSET', W, ARGV[i], table.concat(left, ' '))
  else
    call('HDEL', W, ARGV[i])
  end
end
return 'OK'
