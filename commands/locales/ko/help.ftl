### /도움말

help-title = doorman 안내
help-intro = doorman은 작은 프라이빗 AWS 환경을 필요한 동안만 열어 두었다가 자동으로 닫습니다.
help-may = **사용할 수 있는 명령어**
help-may-not = **다른 역할이 필요한 명령어**
help-roles = 🔒 `{ $command }` – { $roles }
help-nobody = 🔒 `{ $command }` – 아직 아무도 쓸 수 없음
help-durations = 시간은 `30m`, `1시간 30분`, `90`(분)처럼 씁니다. 최대 길이: { $longest }
help-footer = 나에게만 보이는 메시지입니다.
