/* The known browser's cookie.  Which persons it is known to is a row (signin.sql). */
#include "signin/device.h"

#include <string.h>

#include "base/arena.h"
#include "base/log.h"
#include "crypto/token.h"

/* id (8 bytes), key id (4), MAC (16) */
enum { DEVICE_BYTES = 28, MAC_AT = 12, MAC_KEPT = 16 };

int64_t
device_read(struct ctx *cx, struct str cookie)
{
	const uint8_t *p;
	uint8_t        mac[32];
	uint64_t       id = 0;
	uint32_t       key = 0;
	size_t         len;

	if (cookie.len == 0 || b64_read(cx->arena, cookie, &p, &len) || len != DEVICE_BYTES)
		return 0;
	for (int i = 0; i < 8; i++)
		id = id << 8 | p[i];
	for (int i = 8; i < MAC_AT; i++)
		key = key << 8 | p[i];
	if (keys_mac(cx->keys, key, PURPOSE_DEVICE, p, MAC_AT, mac) ||
	    !crypto_equal(mac, p + MAC_AT, MAC_KEPT) || id == 0 || id > INT64_MAX)
		return 0;
	return (int64_t)id;
}

const char *
device_text(struct ctx *cx, int64_t device)
{
	uint8_t  bytes[DEVICE_BYTES], mac[32];
	uint32_t key = keys_current(cx->keys);

	for (int i = 0; i < 8; i++)
		bytes[i] = (uint8_t)((uint64_t)device >> (56 - 8 * i));
	for (int i = 0; i < 4; i++)
		bytes[8 + i] = (uint8_t)(key >> (24 - 8 * i));
	if (keys_mac(cx->keys, key, PURPOSE_DEVICE, bytes, MAC_AT, mac)) {
		log_event(LOG_ERROR, "the current key is missing");
		return "";
	}
	memcpy(bytes + MAC_AT, mac, MAC_KEPT);
	return b64_text(cx->arena, bytes, sizeof(bytes));
}
