/**
 * An S3 server that others wrote.
 *
 * @typedef {object} Server
 * @property {string} name of its script in `servers/`
 * @property {string} title
 * @property {boolean} ifAbsent whether it heeds `If-None-Match` of a put
 * @property {boolean} isQuick whether it takes less than a minute, so that CI runs it
 * @property {string} [accessKeyId] where it has one of its own
 * @property {string} [secretAccessKey] likewise
 * @property {readonly RegExp[]} deviations the tests that fail on it
 */

/** What fails where a server does not list by the bytes of the names. */
const order = [
  / list yields each of /,
  / list yields a key and the keys below it/,
  / list in order /,
  / list with startAfter /,
  / keys every verb takes /,
];

/** @type {readonly Server[]} */
export const servers = [
  { name: "ceph", title: "Ceph RADOS gateway", ifAbsent: true, isQuick: false, deviations: [] },
  { name: "moto", title: "moto", ifAbsent: true, isQuick: false, deviations: [] },
  {
    name: "swift",
    title: "OpenStack Swift with s3api",
    ifAbsent: false,
    isQuick: false,
    accessKeyId: "metering:tests",
    // Of two puts of one key at once it answers the older one without an ETag.
    deviations: [/ atomicity concurrent puts of one key/],
  },
  { name: "fauxqs", title: "fauxqs", ifAbsent: false, isQuick: true, deviations: order },
  {
    name: "s3rver",
    title: "s3rver",
    ifAbsent: false,
    isQuick: false,
    accessKeyId: "S3RVER",
    secretAccessKey: "S3RVER",
    deviations: [
      ...order,
      // It answers 500 to a listing that goes on after 1,000 objects.
      / list (several listings|misses nothing)/,
      / list lazily asks for a page/,
      / abort a listing that gets no answer for a later page/,
      / close ends a (key-only )?listing under way/,
      // It sorts "p-" after "p/".
      / prefix what lies beside the prefix/,
      // The longest keys end its process, which takes calls under way with it.
      / keys every verb refuses /,
    ],
  },
];
