// docxtemplater, warm, in a process of its own: same lines in and out as worker.py.
'use strict';
const fs = require('fs'), path = require('path'), readline = require('readline');
const [folder, modules] = process.argv.slice(2);
const load = (name) => require(path.join(modules, name));
const PizZip = load('pizzip'), Docxtemplater = load('docxtemplater');
const template = fs.readFileSync(path.join(folder, 'docxtemplater.docx'));
const records = JSON.parse(fs.readFileSync(path.join(folder, 'acte.json'), 'utf8'));

function make(record) {                        // as its manual says: a new instance for each document
  const made = new Docxtemplater(new PizZip(template), { paragraphLoop: true });
  made.render(record);
  return made.getZip().generate({ type: 'nodebuffer', compression: 'DEFLATE' });
}

function peak() { return +/VmHWM:\s+(\d+)/.exec(fs.readFileSync('/proc/self/status', 'ascii'))[1]; }

(async () => {
  process.stdout.write(JSON.stringify({ ready: 'docxtemplater' }) + '\n');
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const [count, first, destination] = line.trim().split(' ');
    const cpu = process.cpuUsage(), start = process.hrtime.bigint();
    for (let rank = 0; rank < +count; rank++) {
      const data = make(records[(rank + +first) % records.length]);
      if (destination !== '-') fs.writeFileSync(path.join(destination, rank + '.docx'), data);
    }
    const wall = Number(process.hrtime.bigint() - start) / 1e9, spent = process.cpuUsage(cpu);
    process.stdout.write(JSON.stringify({
      wall, cpu: (spent.user + spent.system) / 1e6, rss: peak() }) + '\n');
  }
})();
