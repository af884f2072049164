// Development only: answers like a tablet, from made-up people, until the real one is here.
import { createServer } from 'node:http';
import { readFileSync, existsSync } from 'node:fs';
import { join, extname } from 'node:path';

const role = process.argv[3] ?? 'nurse';
const port = Number(process.argv[2] ?? 4499);
const dist = new URL('../dist/', import.meta.url).pathname;
const types = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.woff2': 'font/woff2' };
const me = { id: 'u1', name: 'Anna Berg', role, unit: 't1', unit_name: 'Mobila teamet Väst', organisation_name: 'Bygda kommun' };
const today = '2026-11-22';
const at = (h) => `${today}T${h}:00Z`;
let settings = { language: 'sv', theme: 'light', text_percent: 100 };
let offline = false;
let enrolled = process.argv[4] !== 'new';
const status = () => ({
  user: enrolled ? me : null, tablet: enrolled ? 'Platta 3' : null, server: enrolled ? 'https://hemrond.example.se' : null, today,
  connection: offline ? 'offline' : 'online', waiting: 7, waiting_since: at('08:12'), refused: 1, disagreements: 1,
  last_contact: at('08:05'), progress: null, key_kept_in: 'file', version: '0.1.0', settings,
  may: { rounds: true, health: role !== 'hemtjanst', observe: true, add_person: role !== 'hemtjanst' },
});
const col = (name, r = 'nurse', mine = false) => ({ id: name, name, role: r, me: mine });
const brief = (id, name, age, identity, cfs, address, prot = 'none') => ({ id, name, age, identity, identity_kind: 'personnummer', address, protected: prot, cfs: cfs ? { level: cfs, on: '2026-11-03', validated: age >= 65 } : null });
const people = [
  brief('p1', 'Astrid Svensson', 88, '19380512-8432', 6, 'Storgatan 4, Bygda'),
  brief('p2', 'Karl-Erik Lindqvist', 92, '19340512-8432', 7, 'Åsgränd 12 B, Bygda'),
  brief('p3', 'Märta Öberg', 79, '19470512-8432', 4, 'Kyrkvägen 3, Bygda'),
  brief('p4', 'Skyddad Person', 83, null, 5, null, 'sekretessmarkering'),
  brief('p5', 'Nils Holm', 61, '19650512-8432', 3, 'Bruksallén 8, Bygda'),
  brief('p6', 'Ingrid Ek', 90, '19360512-8432', 8, 'Ekhagen 1, Bygda'),
];
const flag = (code, level, params = {}) => ({ code, level, params });
const row = (n, person, start, state, extra) => ({ row: `r${n}`, visit: `v${n}`, person, start, minutes: 45, reason: role === 'hemtjanst' ? null : 'Läkemedelsgenomgång', acute: false, state, staff: col('Anna Berg', 'nurse', true), flags: [], disagreement: false, signed: false, whereabouts: { is: 'on_server', at: at('07:00') }, ...extra });
let rows = [
  row(1, people[1], null, 'planned', { acute: true, reason: 'Andfådd sedan i natt', flags: [flag('flag.worse_observation', 'danger', { what: 'andning', date: 'i dag' }), flag('flag.fall_risk_high', 'today')] }),
  row(2, people[0], '08:30', 'under_way', { flags: [flag('flag.fall_risk_high', 'today'), flag('flag.review_due', 'info')], whereabouts: { is: 'only_here', changes: 4, since: at('08:12') }, disagreement: true }),
  row(3, people[2], '09:30', 'planned', { reason: 'Såromläggning vänster underben', staff: col('Bo Ek') }),
  row(4, people[3], '10:15', 'planned', { reason: 'Blodtryck, ny medicin', flags: [flag('flag.protected', 'today')] }),
  row(5, people[4], '07:30', 'done', { signed: true, whereabouts: { is: 'seen', by: 'Maria Lund', at: at('08:20') } }),
  row(6, people[5], '13:00', 'cancelled', { reason: 'Inlagd på sjukhus' }),
];
const details = { given_name: 'Astrid', family_name: 'Svensson', street: 'Storgatan 4', postcode: '512 31', city: 'Bygda', entry: 'Portkod 1944. Nyckelgömma till höger.', phone: '070-174 06 05', look_out_for: 'Hund i hallen. Hör dåligt på vänster öra.', listed_at: 'Bygda vårdcentral', municipal_care: true };
const person = (id) => {
  const b = people.find((p) => p.id === id) ?? people[0];
  const prot = b.protected !== 'none';
  return {
    brief: b, document: `d-${b.id}`, details: prot ? { ...details, street: null, postcode: null, city: null, entry: null, phone: null } : details,
    contacts: [
      { row: 'c1', name: 'Maria Lund', relation: 'fast_lakarkontakt', phone: '08-465 004 01', phone_link: 'tel:+46846500401', direct: true, note: 'Nås 8–17' },
      { row: 'c2', name: 'Bo Ek', relation: 'fast_vardkontakt', phone: '070-174 06 11', phone_link: 'tel:+46701740611', direct: true, note: null },
      { row: 'c3', name: 'Lena Svensson', relation: 'relative', phone: '070-174 06 22', phone_link: 'tel:+46701740622', direct: false, note: 'Dotter' },
    ],
    flags: [flag('flag.fall_risk_high', 'today'), flag('flag.review_due', 'info')],
    cfs: [['2025-03-02', 4], ['2025-09-10', 5], ['2026-05-04', 5], ['2026-11-03', 6]].map(([on, level]) => ({ on, level, visit: 'v9', by: col('Bo Ek') })),
    weights: [['2025-03-02', 68.2], ['2025-09-10', 67], ['2026-05-04', 64.5], ['2026-11-03', 62.1]].map(([on, kg]) => ({ on, kg, visit: 'v9' })),
    falls: { score: 5, high: true, on: '2026-11-03', visit: 'v9' },
    drugs: [
      { row: 'x1', name: 'Alvedon 500 mg', atc: 'N02BE01', dose: '2 tabletter 3 gånger', as_needed: false, taken: 'as_ordered', note: null },
      { row: 'x2', name: 'Tramadol 50 mg', atc: 'N02AX02', dose: '1 kapsel', as_needed: true, taken: 'differently', note: 'Tar två till natten' },
      { row: 'x3', name: 'Furix 40 mg', atc: 'C03CA01', dose: '1 tablett', as_needed: false, taken: 'not_taken', note: null },
    ],
    medication_flags: [{ rule: 'M3', drugs: ['Tramadol 50 mg'] }],
    observations: [{ row: 'o1', person: b.id, tiles: [{ what: 'tiredness', degree: 'worse' }, { what: 'food_drink', degree: 'much_worse' }], words: 'Åt nästan inget till lunch.', by: col('Fatima Ali', 'hemtjanst'), at: '2026-11-21T11:20:00Z', retracted: false, whereabouts: { is: 'on_server', at: at('06:00') } }],
    visits: [
      { visit: 'v2', on: today, reason: 'Läkemedelsgenomgång', state: 'under_way', acute: false, signed: false, signed_by: null, signed_at: null, cfs: 6, additions: false, asks: false, whereabouts: { is: 'only_here', changes: 4, since: at('08:12') } },
      { visit: 'v9', on: '2026-11-03', reason: 'Uppföljning', state: 'done', acute: false, signed: true, signed_by: col('Bo Ek'), signed_at: '2026-11-03T10:00:00Z', cfs: 6, additions: true, asks: true, whereabouts: { is: 'seen', by: 'Maria Lund', at: '2026-11-03T13:00:00Z' } },
    ],
    notes: [{ row: 'n1', visit: 'v9', kind: 'question', text: 'Ska vi minska Furix? Blodtryck 105/60 stående.', by: col('Bo Ek'), at: '2026-11-03T10:00:00Z', new: false, retracted_at: null }],
    changes: [
      { field: 'contacts/c3/phone', before: '070-174 06 20', after: '070-174 06 22', by: col('Bo Ek'), at: '2026-11-21T14:02:00Z', visit: null },
      { field: 'cfs.level', before: 5, after: 6, by: col('Bo Ek'), at: '2026-11-03T10:02:00Z', visit: 'v9' },
      { field: 'address.entry', before: null, after: 'Portkod 1944. Nyckelgömma till höger.', by: col('Fatima Ali', 'hemtjanst'), at: '2026-11-20T14:02:00Z', visit: null },
    ],
    disagreements: [{ document: `d-${b.id}`, field: 'phone', person: b, visit: null, candidates: [{ value: '070-174 06 05', by: col('Anna Berg', 'nurse', true), at: at('07:30'), here: true }, { value: '070-174 06 06', by: col('Bo Ek'), at: at('07:40'), here: false }] }],
    whereabouts: { is: 'only_here', changes: 2, since: at('08:12') },
    may: { edit: true, read_visits: role !== 'hemtjanst', visit: role === 'nurse', read_observations: true, observe: true },
  };
};
const round = (day) => ({ day: day ?? today, team: 't1', team_name: 'Mobila teamet Väst', rows: !day || day === today ? rows : [], staff: [col('Anna Berg', 'nurse', true), col('Bo Ek'), col('Maria Lund', 'doctor')], may_plan: role === 'nurse' });
const failure = (code, message, params = {}) => ({ code, message, params });
const commands = {
  status, round: (a) => round(a.day), person: (a) => person(a.person), search: (a) => ({ people: people.filter((p) => `${p.name} ${p.identity}`.toLowerCase().includes(a.text.toLowerCase())) }),
  set_settings: (a) => { settings = a; return status(); },
  set_offline: (a) => { offline = a.offline; return status(); },
  sync_now: status,
  enrol: (a) => { if (a.code !== '1234') throw failure('enrol.wrong_code', 'Koden stämmer inte. Be administratören om en ny.'); enrolled = true; return status(); },
  set_visit_state: (a) => { rows = rows.map((r) => r.visit === a.visit ? { ...r, state: a.state } : r); return { whereabouts: { is: 'only_here', changes: 1, since: at('09:00') } }; },
  move_visit: (a) => {
    const r = rows.find((x) => x.row === a.row); const rest = rows.filter((x) => x !== r);
    if (a.start) r.start = a.start;
    if (a.first) rows = [r, ...rest]; else if (a.after) { const i = rest.findIndex((x) => x.row === a.after); rows = [...rest.slice(0, i + 1), r, ...rest.slice(i + 1)]; }
    return round();
  },
  plan_visit: (a) => { rows = [...rows, row(7, people.find((p) => p.id === a.person), a.start, 'planned', { reason: a.reason, acute: a.acute })]; return { visit: 'v7', row: 'r7' }; },
  check_identity: (a) => a.value.length < 10 ? { identity: null, display: null, age: null, sex: null, problem: a.value ? failure('identity.length', 'length') : null, duplicates: [] }
    : { identity: { kind: 'personnummer', canonical: a.value }, display: '19380512-8432', age: 88, sex: 'female', problem: null, duplicates: [{ person: people[0], same_number: true }, { person: people[2], same_number: false }] },
  add_person: () => ({ person: 'p3' }),
  edit: (a) => { if (JSON.stringify(a).includes('FAIL')) throw failure('store.full', 'Plattan är full.'); for (const e of a.edits) { const f = e.field?.replace('address.', ''); if (e.edit === 'set') details[f] = e.value; if (e.edit === 'clear') details[f] = null; } return { whereabouts: { is: 'only_here', changes: 1, since: at('09:00') } }; },
  inbox: () => ({ items: [
    { why: 'order', person: people[0], visit: 'v9', text: 'Halvera Furix från i morgon. Väg dagligen i en vecka.', by: col('Maria Lund', 'doctor'), at: at('07:40') },
    { why: 'observation', person: people[1], visit: null, text: 'Mat och dryck: mycket sämre', by: col('Fatima Ali', 'hemtjanst'), at: '2026-11-21T11:20:00Z' },
    { why: 'unsigned', person: people[2], visit: 'v3', text: 'Såromläggning', by: col('Anna Berg', 'nurse', true), at: '2026-11-20T11:20:00Z' },
  ] }),
  sync_page: () => ({ status: status(), waiting: [{ document: 'd1', kind: 'visit', person: people[0], visit: 'v2', changes: 5, since: at('08:12') }, { document: 'd2', kind: 'round', person: null, visit: null, changes: 2, since: at('08:30') }],
    refused: [{ document: 'd3', kind: 'person', person: people[3], visit: null, items: 1, reason: failure('refusal.not_allowed', 'Du får inte ändra här längre.'), at: at('08:00') }],
    disagreements: person('p1').disagreements, unshown: [{ document: 'd9', kind: 'sip', reason: failure('document.newer', 'Uppdatera appen.') }], last_failure: failure('net.unreachable', 'Servern svarar inte.'), next_try: at('09:30'), documents: 214 }),
  export_unsent: () => ({ path: '/home/anna/hemrond-2026-11-22.json', items: 7 }),
};
createServer((req, res) => {
  const url = new URL(req.url, 'http://x');
  if (url.pathname === '/api/call') {
    let body = '';
    req.on('data', (c) => (body += c));
    req.on('end', () => {
      const { command, args } = JSON.parse(body);
      try {
        const f = commands[command];
        if (!f) throw failure('unknown', command);
        res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(f(args)));
      } catch (e) { res.writeHead(422).end(JSON.stringify(e.code ? e : failure('bug', String(e)))); }
    });
  } else if (url.pathname === '/api/events') {
    res.writeHead(200, { 'content-type': 'text/event-stream' });
    res.write(':\n\n');
  } else {
    const path = join(dist, url.pathname === '/' ? 'index.html' : url.pathname);
    if (!existsSync(path)) return res.writeHead(404).end();
    res.writeHead(200, { 'content-type': types[extname(path)] ?? 'application/octet-stream', 'content-security-policy': "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'" }).end(readFileSync(path));
  }
}).listen(port, '127.0.0.1');
