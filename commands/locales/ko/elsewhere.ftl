### doorman이 책임질 수 없는 것: 다른 계정이나 리전에서 연 것, 기록에 없는 것.

elsewhere-title = ⚠️ { $lease }: 다른 곳에 있습니다
elsewhere-account = 지금 doorman이 쓰는 자격 증명과 다른 AWS 계정에서 연 것입니다. 여기서는 조회하거나 닫을 수 없고, 그 계정에서 계속 과금됩니다.
elsewhere-region = { $there } 리전에서 연 것인데 지금 doorman은 { $here } 리전에 있습니다. 여기서는 조회하거나 닫을 수 없고, 그 리전에서 계속 과금됩니다.
elsewhere-end = { $at }({ $left })에 닫혀야 합니다.
elsewhere-closing = 닫기로 되어 있습니다. doorman이 원래 계정과 리전으로 돌아가면 바로 이어서 닫습니다.
elsewhere-remedy = → 그때의 자격 증명과 리전으로 doorman을 다시 시작하거나, AWS 콘솔에서 직접 삭제해 주세요.

elsewhere-notice-title = 📌 { $lease }: doorman이 이것과 다른 곳에서 시작했습니다
elsewhere-unknown-title = 📌 doorman 기록에 없는 리소스를 찾았습니다
elsewhere-unknown-what = 태그를 보면 { $lease }(`{ $id }`)인데 doorman 저장소에는 없고, 아직 끝날 시간도 아닙니다: { $things }.
elsewhere-unknown-costs = { $hourly } 과금되고 있습니다.
elsewhere-unknown-ends = 태그에 적힌 종료 시각은 { $at }({ $left })이며, 그때 닫습니다.
elsewhere-unknown-why = 저장소를 예전 사본으로 되돌렸거나 다른 doorman이 만든 것일 수 있습니다. doorman은 이것을 건드리지도, 보증하지도 않습니다.
elsewhere-unknown-takes-over = → 지금 열려 있는 { $lease }을 닫으면({ $close }) doorman이 이것을 이어서 관리합니다.

elsewhere-stack-title = 📌 doorman이 다른 스택으로 시작했습니다
elsewhere-stack-what = doorman 저장소를 보면 스택 `{ $there }`에 { $count }개가 열려 있는데, 지금 doorman의 스택은 `{ $here }`입니다. 끝날 시간이 되면 닫히지만 그 전에는 여기서 닫을 수 없습니다.
elsewhere-stack-remedy = → 명령어로 닫으려면 `[stack] name` 설정을 `{ $there }` 값으로 되돌려 주세요.
