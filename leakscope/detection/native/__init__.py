"""The compiled half of the pattern tier: the same findings, many times faster, where there is a C compiler."""
