/** Prints the tower table of docs/science.md: node test/truth/print-towers.ts */
import { scoreSites } from './scores.ts';
import { towerTable } from './tower-table.ts';

console.log(towerTable(scoreSites()).join('\n'));
