### 모든 연결의 열기, 연장, 닫기.

timed-duration-missing = 시간을 입력해 주세요. 예: `{ $nearest }`
timed-duration-malformed = { $typed }: 시간으로 읽을 수 없습니다. 혹시 `{ $nearest }`인가요? `30m`, `1시간 30분`, `90`(분)처럼 쓸 수 있습니다.
timed-duration-no-unit = { $typed }: { $before } 뒤의 { $number }에 단위가 없습니다. `{ $nearest }`처럼 단위까지 입력해 주세요.
timed-duration-zero = { $typed }: 0보다 길어야 합니다. 가장 짧게는 `{ $nearest }`입니다.
timed-duration-negative = { $typed }: 음수는 쓸 수 없습니다. 혹시 `{ $nearest }`인가요?
timed-duration-too-short = { $typed }: 너무 짧습니다. 가장 짧게는 `{ $nearest }`입니다.
timed-duration-too-long = { $typed }: 너무 깁니다. 가장 길게는 `{ $nearest }`입니다.
timed-longer-than-grant = { $asked }: 너무 깁니다. 보유한 역할로는 최대 `{ $longest }`까지 열 수 있습니다.
timed-longer-than-stack = { $asked }: 너무 깁니다. { $lease }은 최대 `{ $longest }`까지 열 수 있습니다.

timed-open-longer-already = { $by } 님이 연 { $lease }이 이미 열려 있고 { $end }까지 유지됩니다. 바뀐 것은 없습니다.{ $link }
timed-open-extended = { $by } 님이 연 { $lease }이 이미 열려 있어 새로 여는 대신 연장했습니다. { $end }까지 열려 있습니다.{ $link }
timed-open-too-long = { $by } 님이 { $opened }에 연 { $lease }이 이미 { $end }까지 열려 있습니다. 지금부터 { $asked } 더 열면 처음 연 때부터 최대 { $longest }인 한도를 넘습니다. `{ $most }`까지는 더 연장할 수 있습니다.{ $link }
timed-open-no-more = { $by } 님이 { $opened }에 연 { $lease }이 이미 열려 있습니다. 처음 연 때부터 최대 { $longest }까지만 열어 둘 수 있어 { $end } 이후로는 연장할 수 없습니다. 닫힌 뒤에 { $open } 명령어로 새로 열어 주세요.{ $link }
timed-open-while-closing = 이전 { $lease }을 아직 닫는 중입니다. { $why } 보통 { $usual } 안에 끝나니 그 뒤에 다시 열어 주세요.{ $link }
timed-closed-meanwhile = 그사이 { $lease }이 닫혔습니다. { $open } 명령어로 새로 열 수 있습니다.

timed-extended = { $by } 님이 { $lease }을 연장했습니다. { $end }까지 열려 있습니다.{ $link }
timed-extended-opening = { $by } 님이 아직 여는 중인 { $lease }을 연장했습니다. { $end }까지 열려 있습니다.{ $link }
timed-extend-none = 열려 있는 { $lease }이 없어 연장할 수 없습니다.{ $last } { $open } 명령어로 열 수 있습니다.
timed-extend-while-closing = { $lease }을 닫는 중이라 연장할 수 없습니다. { $why } 정리가 끝나면 { $open } 명령어로 다시 열어 주세요.{ $link }
timed-extend-too-long = { $asked } 연장은 너무 깁니다. 처음 연 때부터 최대 { $longest }까지만 열어 둘 수 있는데, { $opened }에 열었고 이미 { $end }까지 열려 있습니다. `{ $most }`까지는 더 연장할 수 있습니다.
timed-extend-no-more = 더는 연장할 수 없습니다. 처음 연 때부터 최대 { $longest }까지만 열어 둘 수 있는데, { $opened }에 열었고 { $end }까지 열려 있습니다. 닫힌 뒤에 { $open } 명령어로 새로 열어 주세요.
timed-extend-second = { $by } 님이 { $at }에 먼저 연장했습니다. { $end }까지 열려 있습니다.

timed-close-begun = { $by } 님이 { $lease }을 닫고 있습니다. 남은 것이 없으면 정산 내역을 올립니다.{ $link }
timed-close-begun-half = { $by } 님이 아직 다 열리지 않은 { $lease }을 닫고 있습니다. 만들던 리소스를 정리하고, 남은 것이 없으면 정산 내역을 올립니다.{ $link }
timed-close-already = { $lease }을 이미 닫는 중입니다. { $why }{ $link }
timed-close-none = 열려 있는 { $lease }이 없어 닫을 것이 없습니다.{ $last }
timed-last-you = 마지막 연결은 직접 닫으셨고, { $at }에 남은 것이 없음을 확인했습니다.{ $link }
timed-last-asked = 마지막 연결은 { $by } 님이 닫았고, { $at }에 남은 것이 없음을 확인했습니다.{ $link }
timed-last-expired = 마지막 연결은 시간이 끝나 닫혔고, { $at }에 남은 것이 없음을 확인했습니다.{ $link }
timed-last-failed = 마지막 연결은 열지 못했고, { $at }에 남은 것이 없음을 확인했습니다.{ $link }
timed-closing-you = { $at }에 직접 닫으셨습니다.
timed-closing-asked = { $by } 님이 { $at }에 닫기 시작했습니다.
timed-closing-expired = 정해진 시간이 끝났습니다.

timed-shell-always = 이 환경에서는 셸 접속이 { -pair }에 항상 포함됩니다. { -cmd-launch } 명령어로 만들고 { -cmd-session } 명령어로 접속합니다. 필요할 때만 열고 그때만 요금을 내려면 doorman 운영자가 `[stack.shell]`에 `mode = "window"`를 설정해야 합니다.
timed-blocked-title = ❌ 이 상태로는 { $lease }을 열 수 없습니다
timed-card-title = { $lease }을 { $length } 동안 열까요? { $hourly }
timed-card-price = { $length } 동안 **{ $usd }**(엔드포인트는 1시간 단위로 올림해 과금)
timed-card-makes = **새로 만들 리소스:**
timed-card-nothing = 없음: 필요한 것이 모두 이미 있습니다
timed-card-closes = 확인을 누르고 { $length } 뒤에 자동으로 닫힙니다. { -cmd-shell-extend } 명령어로 연장할 수 있습니다.
timed-card-nobody = ⚠️ { -pair }가 실행되지 않아 아직 접속할 인스턴스가 없습니다. { -cmd-launch } 명령어로 먼저 실행해 주세요.
timed-suggestion = { $length } · { $at }까지
