### /cost now와, 다른 곳에서도 쓰는 비용 문장.

cost-title = 지금 { $hourly }
cost-title-nothing = 지금 나가는 요금은 $0.00입니다
cost-title-no-list = 실행 중인 리소스
cost-sum = 이대로 계속 실행하면 **{ $monthly }**
cost-sum-lasting = 끝나는 시간이 없는 리소스를 계속 실행하면 **{ $monthly }**
cost-by-its-end = { $lease }: { $end }에 닫힐 때까지 모두 **{ $usd }**
cost-nothing-runs = doorman이 실행한 리소스는 없습니다.
cost-line = • { $kind } { $name } · { $price } · { $since } 시작
cost-more = … 외 { $count }개
cost-unknown = 요금표에 없음
cost-at-least = { $amount } 이상
cost-hand-made = **doorman이 만들지 않았지만 과금되는 리소스:** { $hourly } · { $monthly }
cost-as-of = -# { $at } 기준
cost-today = 오늘 쓴 금액: **{ $usd }**
cost-since = { $since }부터 { $lease }: **{ $usd }**

cost-running = 💵 { $at } 기준 **{ $hourly }**
cost-nothing = 💵 **$0.00** – 지금 doorman이 만든 리소스로 나가는 요금은 없습니다.
cost-by-hand = (수동으로 만든 엔드포인트는 별도로 { $hourly })
cost-no-list = { $region } 리전의 요금표가 없어 비용을 계산할 수 없습니다.
cost-not-known = 아직 알 수 없음
cost-note-hours = 게이트웨이와 엔드포인트는 1시간 단위로 올림해 과금
cost-note-spot = 스팟은 온디맨드 정가로 표시하며 실제로는 대개 더 저렴함
cost-note-unknown = 요금표에 없음: { $names }
