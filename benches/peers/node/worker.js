// What the peers on Node.js do alike; see ../worker.rs.
const fs = require('node:fs');
const path = require('node:path');
const readline = require('node:readline');

const read = (name) => fs.readFileSync(path.join(process.argv[2], name), 'utf8');

// The folder that `ours make` has written.
exports.message = Object.fromEntries(['sp', 'acs', 'idp', 'metadata', 'certificate'].map((name) => [name, read(name)]));

// `validate` takes a form value and says who logged in, or throws.
exports.serve = async (validate) => {
  const [genuine, altered] = [read('genuine'), read('altered')];
  console.log(`accepts ${await validate(genuine)}`);
  const refusal = await validate(altered).then(() => undefined, (error) => error);
  if (refusal === undefined) throw new Error('the altered message was accepted');
  console.log(`refuses ${String(refusal).replace(/\s+/g, ' ').slice(0, 200)}`);
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const times = [];
    for (let n = Number(line); n > 0; n--) {
      const begun = process.hrtime.bigint();
      await validate(genuine);
      times.push(process.hrtime.bigint() - begun);
    }
    console.log(times.join(' '));
  }
};
