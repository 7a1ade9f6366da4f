// Sets the answers that a client got from the emulator alone beside those that it got through the gateway:
//
//   node compare.mjs ALONE.jsonl THROUGH.jsonl
//
// Equal are statuses, fields and every byte of the bodies. Excepted: what differs from one answer to the next also without
// a gateway (ids, times), fields of the hop, and what the gateway adds to an error or to an end without an answer.
import { readFileSync } from 'node:fs';
import { exceptionFor } from './exceptions.mjs';

const read = (file) => new Map(readFileSync(file, 'utf8').trimEnd().split('\n').map(JSON.parse).map((one) => [one.name, one.answers]));
const [alone, through] = process.argv.slice(2).map(read);

// By their form, so that a missing or a garbled one is still seen.
const forms = [
  [/\b(req|msg|msgbatch|toolu)_[A-Za-z0-9]{22,24}\b/g, '$1_'],
  // Where a batch's results are: at whoever the client asked.
  [/http:\/\/127\.0\.0\.1:\d+(?=\/v1\/messages\/batches)/g, '<own address>'],
  [/\b[0-9a-f]{16}\b/g, '<ray>'],
  [/\b[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT\b/g, '<http date>'],
  [/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, '<date>'],
];
const plain = (text) => forms.reduce((rest, [form, name]) => rest.replace(form, name), text);

const hop = new Set(['connection', 'keep-alive', 'transfer-encoding']);
const added = new Set(['x-locksmith-layer', 'x-locksmith-cause', 'x-locksmith-id']);
const failed = (answer) => answer.status >= 400 || (answer.headers['content-type'] ?? '').startsWith('text/html');

// What the gateway makes of a connection that ended without an answer, and what it adds to a stream that broke off.
const closed = '"error_code":"upstream_closed"';
const cut = /(\nevent: cut\n\n)?event: error\ndata: [^\n]*"error_code":"stream_cut"[^\n]*\n\n$/;

// An error that is answered with another attempt is let go of by the SDK: how much of its body was read by then is chance. The
// bodies of all errors are compared where they are the last answer.
const isLetGo = (name, answer) => name.includes('retries') && answer.status >= 400;

function seen(name, answer, gateway) {
  if (answer.end === 'none' || (gateway && answer.status === 502 && answer.body.includes(closed))) return plain(answer.path) + '\nno answer';
  const body = gateway && answer.end === 'broken' ? answer.body.replace(cut, '') : answer.body;
  const headers = Object.entries(answer.headers)
    .filter(([name]) => !hop.has(name) && !(gateway && failed(answer) && added.has(name)))
    .map(([name, value]) => `${name}: ${plain(value)}`);
  const rest = isLetGo(name, answer) ? [] : [answer.end, plain(body)];
  return [plain(answer.path), String(answer.status), ...headers.sort(), '', ...rest].join('\n');
}

// From a little before the first byte that differs.
function apart(left, right) {
  let at = 0;
  while (at < left.length && left[at] === right[at]) ++at;
  const from = Math.max(0, at - 100);
  return `--- alone\n${left.slice(from, at + 400)}\n--- through the gateway\n${right.slice(from, at + 400)}`;
}

let compared = 0, bytes = 0, excepted = 0;
const different = [];
for (const [name, before] of alone) {
  if (exceptionFor(name)) {
    ++excepted;
    continue;
  }
  const after = through.get(name);
  if (after === undefined) {
    different.push(`${name}: not run through the gateway`);
    continue;
  }
  if (before.length !== after.length) different.push(`${name}: ${before.length} answers alone, ${after.length} through the gateway`);
  // Answers that were under way together may come in any order.
  const left = before.map((one) => seen(name, one, false)).sort();
  const right = after.map((one) => seen(name, one, true)).sort();
  left.forEach((text, i) => {
    ++compared;
    bytes += text.length;
    if (text !== right[i]) different.push(`${name}\n${apart(text, right[i] ?? '')}`);
  });
  for (const answer of after) {
    if (failed(answer) && !answer.headers['x-locksmith-cause']) different.push(`${name}: an error without a cause`);
  }
}
for (const name of through.keys()) if (!alone.has(name)) different.push(`${name}: run through the gateway only`);

for (const one of different) console.log(one + '\n');
console.log(`${compared} answers compared, ${bytes} bytes; ${excepted} tests where the gateway answers itself; ${different.length} differences`);
process.exit(different.length > 0 || compared === 0 ? 1 : 0);
