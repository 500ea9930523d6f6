module strait/bench/go-resign

go 1.19
