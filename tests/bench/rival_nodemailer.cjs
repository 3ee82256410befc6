/* rival_nodemailer.cjs PORT PEOPLE CONTENTS: notices to everybody in PEOPLE with nodemailer's pool, as its manual shows it: the
 * next message whenever the transport is idle, eight connections. Run it where node_modules/nodemailer is. */
const fs = require('fs');
const path = require('path');
const readline = require('readline');
const nodemailer = require(path.join(process.cwd(), 'node_modules', 'nodemailer'));

const [port, people, folder] = process.argv.slice(2);
const read = name => fs.readFileSync(path.join(folder, name), 'utf8');
const templates = {subject: read('subject'), text: read('text'), html: read('html')};
const transport = nodemailer.createTransport({
    pool: true, host: '127.0.0.1', port: Number(port), secure: false, ignoreTLS: true, maxConnections: 8,
    maxMessages: Infinity
});

function personal(template, person) {
    const [local, domain] = person.email.split('@');
    const number = person.id.replace(/^b/, '').padStart(16, '0').replace(/(\d{4})(?=\d)/g, '$1 ');

    return template.split('@NAME@').join(person.name).split('@MASKED@').join(`${local[0]}***@${domain}`)
        .split('@NUMBER@').join(number);
}

async function* rows() {
    let header = null;

    for await (const line of readline.createInterface({input: fs.createReadStream(people)})) {
        const cells = line.split(',');

        if (header)
            yield Object.fromEntries(header.map((name, i) => [name, cells[i]]));
        header = header || cells;
    }
}

const source = rows();
let sending = 0;
let is_over = false;
let is_reading = false;

function settle() {
    sending--;
    if (is_over && sending === 0)
        transport.close();
}

async function feed() {
    if (is_reading)
        return;
    is_reading = true;
    while (!is_over && transport.isIdle()) {
        const {value: person, done} = await source.next();

        if (done) {
            is_over = true;
            if (sending === 0)
                transport.close();
            break;
        }
        sending++;
        transport.sendMail({
            from: {name: 'Example Cloud', address: 'notice@example.com'},
            to: {name: person.name, address: person.email},
            envelope: {from: 'bounce@example.com', to: person.email},
            subject: personal(templates.subject, person),
            text: personal(templates.text, person),
            html: personal(templates.html, person),
            textEncoding: 'base64'
        }).then(settle, problem => {
            console.error(problem.message);
            process.exitCode = 1;
            settle();
        });
    }
    is_reading = false;
}

transport.on('idle', feed);
feed();
