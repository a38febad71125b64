/* The fuzz targets without a fuzzer: each file that is named, and each beginning of it, goes
 * through LLVMFuzzerTestOneInput.  Fuzzing itself is in run.sh. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LONGEST = 1 << 20, STEPS = 2000 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* In a block of its own, so that a sanitizer sees each step behind it. */
static void
give(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size + (size == 0));

	if (copy == NULL)
		abort();
	if (size > 0)
		memcpy(copy, data, size);
	(void)LLVMFuzzerTestOneInput(copy, size);
	free(copy);
}

static int
replay(const char *path)
{
	static uint8_t data[LONGEST];
	FILE          *f = fopen(path, "rb");
	size_t         size, step;

	if (f == NULL) {
		perror(path);
		return 1;
	}
	size = fread(data, 1, sizeof(data), f);
	fclose(f);
	step = size / STEPS + 1;
	for (size_t n = 0; n < size; n += step)
		give(data, n);
	give(data, size);
	return 0;
}

int
main(int argc, char **argv)
{
	int failed = argc < 2;

	for (int i = 1; i < argc; i++)
		failed |= replay(argv[i]);
	return failed;
}
