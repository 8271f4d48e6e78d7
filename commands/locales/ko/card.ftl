### 확인 카드.

card-cancelled-launch-service = { $by } 님이 취소했습니다. 아무것도 실행하지 않았습니다.
card-cancelled-terminate-service = { $by } 님이 취소했습니다. 아무것도 정리하지 않았습니다.
card-old = { $made }에 만든 카드라 내용이 지금과 다를 수 있습니다. 아무것도 바꾸지 않았으니 명령어를 다시 입력해 주세요.
card-taken = { $by } 님이 { $at }에 먼저 처리한 카드입니다.
card-cancelled-shell-open = { $by } 님이 취소했습니다. 아무것도 열지 않았습니다.
