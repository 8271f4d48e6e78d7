### 직접 실행: AWS CLI 명령어

hand-opens = AWS CLI로 { $lease } 리소스를 직접 만드는 명령어입니다. 터미널에서 실행하세요. 이렇게 만든 리소스는 doorman이 태그로 찾아 채널에 알리고, 끝나는 시각이 있으면 그때 삭제합니다.
hand-closes = AWS CLI로 { $lease } 리소스를 직접 삭제하는 명령어입니다. 터미널에서 실행하세요.
hand-no-lines = { $lease }: 지금은 명령어를 만들 수 없습니다.
hand-waits = 누구도 앞당길 수 없는 상태를 기다려야 합니다.
