import { gate } from './support.ts';

gate('poa');
