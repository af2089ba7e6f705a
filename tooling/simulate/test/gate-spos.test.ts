import { gate } from './support.ts';

gate('spos');
