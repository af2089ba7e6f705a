import { gate } from './support.ts';

gate('bft');
