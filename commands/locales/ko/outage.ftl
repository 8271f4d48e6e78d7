### AWS, Discord, 저장소를 한동안 쓸 수 없었을 때 채널에 알리는 내용.

outage-aws = { $length } 동안 AWS에 연결할 수 없었습니다({ $from } – { $until }).
outage-aws-refused = { $length } 동안 AWS가 doorman의 자격 증명이나 권한을 거부했습니다({ $from } – { $until }).
outage-discord = { $length } 동안 Discord에 연결할 수 없었습니다({ $from } – { $until }).
outage-store = { $length } 동안 doorman의 저장소에 기록할 수 없었습니다({ $from } – { $until }).
outage-restarted = 그 사이 doorman이 다시 시작되어, 실제로는 더 일찍 복구되었을 수 있습니다.
outage-back = 지금은 정상입니다.
outage-nothing = 그동안 새로 열거나 닫아야 할 것은 없었습니다.
outage-ready = • { $what }이 { $at }에 준비되었습니다.
outage-closed = • { $what }을 { $at }에 예정대로 닫았습니다.
outage-closed-late = • { $what }을 { $at }에 닫았습니다. 예정보다 { $late } 늦었습니다.
outage-failed = • { $what }을 만들지 못했고, { $at } 기준으로 남은 것은 없습니다.
outage-closing = • { $what }은 { $at }에 닫혔어야 합니다. 남은 것이 없을 때까지 doorman이 계속 시도합니다.
outage-store-full = ⚠️ doorman의 저장소가 있는 디스크가 가득 찼습니다. 공간이 생길 때까지는 새로 열거나 연장할 수 없습니다. 이미 열려 있는 것은 제시간에 닫습니다.
outage-store-refused = ⚠️ 디스크 오류로 doorman의 저장소에 기록할 수 없습니다. 복구될 때까지는 새로 열거나 연장할 수 없습니다. 이미 열려 있는 것은 제시간에 닫습니다.
outage-store-hung = ⚠️ doorman의 저장소가 있는 디스크가 응답하지 않습니다. 응답할 때까지는 새로 열거나 연장할 수 없습니다. 이미 열려 있는 것은 제시간에 닫습니다.
