import { ceph } from "../src/ceph.ts";
import { testDifferences } from "../src/go-sdk/differences.ts";
import { testMetadata } from "../src/go-sdk/metadata.ts";
import { testNames } from "../src/go-sdk/names.ts";
import type { CreatePlace } from "../src/go-sdk/place.ts";
import { testRecords } from "../src/go-sdk/records.ts";
import { testTogether } from "../src/go-sdk/together.ts";

const createPlace: CreatePlace = async (prefix) => {
  const bucket = await ceph.createBucket();
  const { endpoint, region, accessKeyId, secretAccessKey } = ceph;
  return {
    ours: ceph.openBucket(bucket, prefix),
    go: {
      type: "s3",
      endpoint,
      region,
      bucket,
      prefix: prefix ?? "",
      aws: { s3_force_path_style: true, access_key: accessKeyId, secret_access_key: secretAccessKey },
    },
  };
};

testRecords(createPlace, 500);
testMetadata(createPlace, 200);
testNames(createPlace);
testDifferences(createPlace);
testTogether(createPlace);
