package photo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"gocloud.dev/blob"
	_ "gocloud.dev/blob/fileblob" // file:///folder
	_ "gocloud.dev/blob/s3blob"   // s3://bucket?region=…
	"gocloud.dev/gcerrors"

	"github.com/otklik/otklik/app/fault"
)

// Bucket is where pictures are kept: a folder or any S3-compatible store. It is
// safe for concurrent use.
type Bucket struct{ blobs *blob.Bucket }

// OpenBucket opens the bucket of a URL: file:///folder?create_dir=true or
// s3://name?region=… (with endpoint= for a store that isn't Amazon's).
func OpenBucket(ctx context.Context, url string) (*Bucket, error) {
	b, err := blob.OpenBucket(ctx, url)
	if err != nil {
		return nil, fault.Wrap(fault.Unavailable, "error.unavailable", fmt.Errorf("open the bucket of photos: %w", err))
	}
	return &Bucket{blobs: b}, nil
}

// Close ends the use of the bucket.
func (b *Bucket) Close() error { return b.blobs.Close() }

const suffix = ".jpg"

// Put keeps a picture and its small form and returns its key. The key is made
// of the content, within an owner: the same picture put twice is one, and what
// one owner deletes is not taken from another.
func (b *Bucket) Put(ctx context.Context, owner string, p Picture) (key string, err error) {
	key = owner + "/" + p.SHA256 + suffix
	if err := b.write(ctx, ThumbKey(key), jpegType, p.Thumb); err != nil {
		return "", err
	}
	return key, b.write(ctx, key, jpegType, p.JPEG)
}

const jpegType = "image/jpeg"

// PutScan keeps a scanned letter and returns its key, as Put does.
func (b *Bucket) PutScan(ctx context.Context, owner string, s Scan) (key string, err error) {
	key = owner + "/" + s.SHA256 + ".pdf"
	return key, b.write(ctx, key, ScanType, s.PDF)
}

func (b *Bucket) write(ctx context.Context, key, media string, data []byte) error {
	err := b.blobs.WriteAll(ctx, key, data, &blob.WriterOptions{ContentType: media})
	if err != nil {
		return fault.Wrap(fault.Unavailable, "error.unavailable", fmt.Errorf("keep a photo: %w", err))
	}
	return nil
}

// ThumbKey is the key of the small form of a picture.
func ThumbKey(key string) string { return strings.TrimSuffix(key, suffix) + ".small" + suffix }

// Open reads a kept JPEG; size is in bytes. An unknown key is fault.NotFound.
func (b *Bucket) Open(ctx context.Context, key string) (r io.ReadCloser, size int64, err error) {
	reader, err := b.blobs.NewReader(ctx, key, nil)
	if gcerrors.Code(err) == gcerrors.NotFound {
		return nil, 0, fault.Wrap(fault.NotFound, "error.not_found", err)
	}
	if err != nil {
		return nil, 0, fault.Wrap(fault.Unavailable, "error.unavailable", fmt.Errorf("read a photo: %w", err))
	}
	return reader, reader.Size(), nil
}

// Delete removes a picture and its small form. What isn't there is no error.
func (b *Bucket) Delete(ctx context.Context, key string) error {
	var failed error
	for _, k := range []string{key, ThumbKey(key)} {
		if err := b.blobs.Delete(ctx, k); err != nil && gcerrors.Code(err) != gcerrors.NotFound {
			failed = errors.Join(failed, err)
		}
	}
	if failed != nil {
		return fault.Wrap(fault.Unavailable, "error.unavailable", fmt.Errorf("delete a photo: %w", failed))
	}
	return nil
}
