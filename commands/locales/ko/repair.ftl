### 복구 버튼.

repair-begun = 빠진 부분을 복구합니다.{ $link }
repair-already = 이미 복구하는 중입니다({ $since } 시작).
