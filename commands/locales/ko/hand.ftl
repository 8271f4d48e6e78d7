### 직접 실행: AWS CLI 명령어

hand-opens = AWS CLI로 직접 여는 명령어입니다. 어느 셸에서든 실행됩니다: { $lease }. 이렇게 연 것은 doorman이 태그로 알아보고 채널에 알리며, 끝나는 시각에 닫습니다.
hand-closes = AWS CLI로 직접 닫는 명령어입니다. 어느 셸에서든 실행됩니다: { $lease }.
hand-no-lines = 지금은 명령어를 만들 수 없습니다: { $lease }.
hand-waits = 누구도 일으킬 수 없는 일을 기다려야 합니다.
