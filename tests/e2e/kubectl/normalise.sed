# What differs from one run to the next.
s/[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?Z/TIME/g
s/[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]+ [-+][0-9]{4}/TIME/g
s/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/UID/g
s/(resourceVersion\\*"?: ?\\*")[0-9]+/\1REVISION/g
s/(in record \()[0-9]+\)/\1REVISION)/g
s/(, current: )[0-9]+/\1REVISION/g
s/(127\.0\.0\.1|localhost):[0-9]+/\1:PORT/g
# The age column, and its title, which is as wide as the oldest.
s/   AGE +([^ ])/   AGE   \1/
s/   ([0-9]+[smhd])+ *$/   AGE/
s/   ([0-9]+[smhd])+ +([^ ])/   AGE   \2/
s/(\/tmp\/|WORK\/)?(LIVE|MERGED)-[0-9]+/\2/g
# The client's own log of how its watch ended.
/^[EWI][0-9]{4} [0-9:.]+ +[0-9]+ [a-z_]+\.go:[0-9]+\]/d
# 1.27 to 1.31 say it so.
s/^([a-z]+\/[a-z0-9-]+) annotate$/\1 annotated/
