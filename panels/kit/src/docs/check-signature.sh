# $SIGNATURE: the header Rackwright-Signature. $SECRET: the secret of the webhook.
# Standard input: the body, byte for byte.
time=${SIGNATURE#t=}; time=${time%%,*}
made=$( { printf '%s.' "$time"; cat; } | openssl dgst -sha256 -hmac "$SECRET" -r | cut -d ' ' -f 1)
age=$(( $(date +%s) - time ))
[ "$made" = "${SIGNATURE##*v1=}" ] && [ "$age" -lt 300 ]
