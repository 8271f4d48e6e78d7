### /nat 열기, 연장, 닫기.

nat-duration-missing = 시간을 입력해 주세요. 예: `{ $nearest }`
nat-duration-malformed = { $typed }: 시간으로 읽을 수 없습니다. 혹시 `{ $nearest }`인가요? `30m`, `1시간 30분`, `90`(분)처럼 쓸 수 있습니다.
nat-duration-zero = { $typed }: 0보다 길어야 합니다. 가장 짧게는 `{ $nearest }`입니다.
nat-duration-negative = { $typed }: 음수는 쓸 수 없습니다. 혹시 `{ $nearest }`인가요?
nat-duration-too-short = { $typed }: 너무 짧습니다. 가장 짧게는 `{ $nearest }`입니다.
nat-duration-too-long = { $typed }: 너무 깁니다. 가장 길게는 `{ $nearest }`입니다.
nat-longer-than-grant = { $asked }: 너무 깁니다. 보유한 역할로는 최대 `{ $longest }`까지 열 수 있습니다.
nat-longer-than-stack = { $asked }: 너무 깁니다. { -window }은 최대 `{ $longest }`까지 열 수 있습니다.

nat-open-longer-already = { $by } 님이 연 { -window }이 이미 열려 있고, 요청하신 시간보다 긴 { $end }까지 유지됩니다. 바뀐 것은 없습니다.{ $link }
nat-open-extended = { $by } 님이 연 { -window }이 이미 열려 있어 새로 여는 대신 연장했습니다. { $end }까지 열려 있습니다.{ $link }
nat-open-while-closing = 이전 { -window }을 아직 닫는 중입니다. { $why } 보통 2분 안에 끝나니 그 뒤에 다시 열어 주세요.{ $link }
nat-closed-meanwhile = 그사이 { -window }이 닫혔습니다. { -cmd-nat-open } 명령어로 새로 열 수 있습니다.

nat-extended = { $by } 님이 { -window }을 연장했습니다. { $end }까지 열려 있습니다.{ $link }
nat-extended-opening = { $by } 님이 아직 여는 중인 { -window }을 연장했습니다. { $end }까지 열려 있습니다.{ $link }
nat-extend-none = 열려 있는 { -window }이 없어 연장할 수 없습니다.{ $last } { -cmd-nat-open } 명령어로 열 수 있습니다.
nat-extend-while-closing = { -window }을 닫는 중이라 연장할 수 없습니다. { $why } 정리가 끝나면 { -cmd-nat-open } 명령어로 다시 열어 주세요.{ $link }
nat-extend-too-long = { $asked } 연장은 너무 깁니다. 지금부터 최대 { $longest }까지만 열어 둘 수 있는데 이미 { $end }까지 열려 있습니다. `{ $most }`까지는 연장할 수 있습니다.
nat-extend-no-more = 지금은 { $asked } 연장할 수 없습니다. 지금부터 최대 { $longest }까지만 열어 둘 수 있는데 이미 { $end }까지 열려 있습니다. 끝날 때가 가까워지면 다시 시도해 주세요.
nat-extend-second = { $by } 님이 { $at }에 먼저 연장했습니다. { $end }까지 열려 있습니다.

nat-close-begun = { $by } 님이 { -window }을 닫고 있습니다. 남은 것이 없으면 정산 내역을 올립니다.{ $link }
nat-close-begun-half = { $by } 님이 아직 다 열리지 않은 { -window }을 닫고 있습니다. 만들던 리소스를 정리하고, 남은 것이 없으면 정산 내역을 올립니다.{ $link }
nat-close-already = { -window }을 이미 닫는 중입니다. { $why }{ $link }
nat-close-none = 열려 있는 { -window }이 없어 닫을 것이 없습니다.{ $last }
nat-last-you = 마지막 연결은 직접 닫으셨고, { $at }에 남은 것이 없음을 확인했습니다.{ $link }
nat-last-asked = 마지막 연결은 { $by } 님이 닫았고, { $at }에 남은 것이 없음을 확인했습니다.{ $link }
nat-last-expired = 마지막 연결은 시간이 끝나 닫혔고, { $at }에 남은 것이 없음을 확인했습니다.{ $link }
nat-last-failed = 마지막 연결은 열지 못했고, { $at }에 남은 것이 없음을 확인했습니다.{ $link }
nat-closing-you = { $at }에 직접 닫으셨습니다.
nat-closing-asked = { $by } 님이 { $at }에 닫기 시작했습니다.
nat-closing-expired = 정해진 시간이 끝났습니다.
nat-link-receipt = {" "}[정산 내역]({ $url })
nat-link = {" "}[진행 상황 보기]({ $url })

nat-repair-begun = 빠진 부분을 복구합니다.{ $link }
nat-repair-already = 이미 복구하는 중입니다({ $since } 시작).
