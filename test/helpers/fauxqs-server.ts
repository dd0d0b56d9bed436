import { buildApp } from 'fauxqs';

/** Run as a process of its own by `startFauxqs`: prints its address, ends with its standard input. */
const app = buildApp({ logger: false });
// Its own limit of 11 MiB a body is for parts of multipart uploads; we put whole objects.
app.removeContentTypeParser('*');
app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: 300 * 2 ** 20 }, (_request, body, done) =>
  done(null, body),
);
console.log(await app.listen({ port: 0, host: '127.0.0.1' }));
process.stdin.resume().on('end', () => process.exit());
