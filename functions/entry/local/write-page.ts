import { pathToFileURL } from 'node:url';
import { buildPage } from '../../api/page/build-page.ts';
import { writePage } from '../aws/page-folder.ts';

/** Builds the map page into a folder for a deploy: `node functions/entry/local/write-page.ts FOLDER`. */
const [folder] = process.argv.slice(2);
if (!folder) {
  console.error('Say into which folder the page goes.');
  process.exit(2);
}
await writePage(pathToFileURL(`${folder.replace(/\/+$/, '')}/`), await buildPage());
