### 입력할 때 디스코드가 보여 주는 명령어 이름과 설명.

command-word-launch = 실행
command-word-terminate = 종료
command-word-service = 서비스
command-word-nat = nat
command-word-open = 열기
command-word-extend = 연장
command-word-close = 닫기
command-word-shell = 셸
command-word-history = 기록
command-word-session = 세션
command-word-start = 시작
command-word-status = 상태
command-word-cost = 비용
command-word-now = 현재
command-word-help = 도움말
command-word-by-hand = 직접실행
command-word-type = 유형
command-word-image = 이미지
command-word-market = 구매옵션
command-word-duration = 시간
command-word-count = 개수
command-word-instance = 인스턴스

command-launch = AWS에 리소스를 만듭니다
command-launch-service = 프라이빗 서비스 인스턴스(2대)와 셸 접속 환경을 만들거나, 빠진 부분을 복구합니다
command-terminate = 리소스를 정리합니다
command-terminate-service = 서비스 인스턴스(2대)와 함께 만든 셸 접속 환경을 정리합니다
command-nat = 프라이빗 서브넷의 한시적 인터넷 연결
command-nat-open = 프라이빗 서브넷을 정해진 시간만 인터넷에 연결합니다. 시간이 되면 자동으로 닫힙니다
command-nat-extend = 열려 있는 NAT 연결의 시간을 늘립니다
command-nat-close = NAT 연결을 지금 닫습니다
command-nat-history = 지난 NAT 연결을 보여 줍니다. 누가, 얼마나, 비용은 얼마였고 어떻게 끝났는지
command-shell = 서비스 인스턴스(2대)의 한시적 셸 접속
command-shell-open = 비용을 먼저 보여 주고 셸 접속을 정해진 시간만 엽니다. 시간이 되면 자동으로 닫힙니다
command-shell-extend = 열려 있는 셸 연결의 시간을 늘립니다
command-shell-close = 셸 연결을 지금 닫습니다
command-session = SSH 없이 셸에 접속합니다
command-session-start = 인스턴스에 접속할 콘솔 링크와 CLI 명령어를 나에게만 보여 줍니다
command-status = 실행 중인 리소스와 상태, 시간당 비용을 보여 줍니다
command-cost = 비용을 보여 줍니다
command-cost-now = 지금 실행 중인 리소스와 각각의 요금을 보여 줍니다
command-help = 명령어 목록과 내가 쓸 수 있는 명령어를 보여 줍니다

command-option-type = 인스턴스 유형 (예: t3.micro)
command-option-image = 이미지 (예: ubuntu-24.04 또는 ami-…)
command-option-market = 온디맨드, 또는 더 싸지만 AWS가 회수할 수 있는 스팟
command-option-open-duration = 열어 둘 시간 (예: 30m, 1시간 30분, 90 = 90분)
command-option-extend-duration = 연장할 시간 (예: 30m, 1시간, 90 = 90분)
command-option-count = 보여 줄 개수(최대 25, 기본 10)
command-option-instance = 접속할 인스턴스
command-option-by-hand = AWS CLI로 같은 일을 직접 하는 명령어
command-choice-on-demand = 온디맨드
command-choice-spot = 스팟
command-choice-nat-window = NAT 연결
command-choice-shell-window = 셸 연결
command-choice-pair = 서비스 인스턴스
