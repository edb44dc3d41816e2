-- life, name: the life does not want the name that it was given.
if owner_of(ARGV[2]) == ARGV[1] then
  call('HDEL', N, ARGV[2])
  call('SREM', P .. 'a:' .. ARGV[1], ARGV[2])
end
return 1
