import hashlib, hmac, time

def is_genuine(secret: str, signature: str, body: bytes) -> bool:
    """signature: the header Rackwright-Signature. body: byte for byte."""
    parts = dict(part.split("=", 1) for part in signature.split(","))
    made = hmac.new(secret.encode(), parts["t"].encode() + b"." + body, hashlib.sha256)
    fresh = time.time() - int(parts["t"]) < 300
    return fresh and hmac.compare_digest(made.hexdigest(), parts["v1"])
