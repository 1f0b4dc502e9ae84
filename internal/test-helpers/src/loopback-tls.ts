/** Key and certificate of test servers that speak TLS: for `localhost` and 127.0.0.1, public, worth nothing outside tests. */
export const loopbackTls = {
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgwTQ6OwGkeCsfsfwG
ds03zkgMfLOC8nCPHoSS6miWyuqhRANCAARCvbf0/6jTFFrtMLIcIcckTi79Cc3I
KMD9xRbkbdA1HdasdvGyRcPTmjivujPiT2hjzDg7SRoyoxTZLc6BLKbD
-----END PRIVATE KEY-----`,
  cert: `-----BEGIN CERTIFICATE-----
MIIBrTCCAVOgAwIBAgIUMlucl6YeYKYglFgGkrq9S16U2H4wCgYIKoZIzj0EAwIw
HTEbMBkGA1UEAwwSbG9vcGJhY2sgdGVzdCBvbmx5MCAXDTI2MTEyNDA1NDYzMVoY
DzIxMjYxMDMxMDU0NjMxWjAdMRswGQYDVQQDDBJsb29wYmFjayB0ZXN0IG9ubHkw
WTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAARCvbf0/6jTFFrtMLIcIcckTi79Cc3I
KMD9xRbkbdA1HdasdvGyRcPTmjivujPiT2hjzDg7SRoyoxTZLc6BLKbDo28wbTAd
BgNVHQ4EFgQUD9TcGzFjcCaNmfQxZUOveaZKqr0wHwYDVR0jBBgwFoAUD9TcGzFj
cCaNmfQxZUOveaZKqr0wDwYDVR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2Nh
bGhvc3SHBH8AAAEwCgYIKoZIzj0EAwIDSAAwRQIgZELpq3FfnLtfFB7kflKf4QlE
7viAdk7xyiKxDPcp6UQCIQDtehmy63kx75DsaT+w4OTc2F0nQicplbJx9jIGPRKT
Ng==
-----END CERTIFICATE-----`,
};
