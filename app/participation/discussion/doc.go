// Package discussion owns what people say of a text: its versions and their
// comparison, remarks and replies, support, moderation that is never silent,
// remarks that are merged, and the answer that each of them gets.
//
// A discussion is a campaign of package participation: its life, its terms and
// who may organise it are those of campaigns.
package discussion
