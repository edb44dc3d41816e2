-- {version, {life, record, load, kinds in order}..}
local out = {tonumber(call('GET', V) or 0)}
for _, life in ipairs(call('ZRANGE', L, 0, -1)) do
  local record = call('HGET', M, life)
  if record and alive(life) then
    local kinds = call('SMEMBERS', P .. 'c:' .. life)
    table.sort(kinds)
    local load = kinds[1] and call('ZSCORE', P .. 'h:' .. kinds[1], life) or '0'
    out[#out + 1] = {life, record, load, kinds}
  end
end
return out
