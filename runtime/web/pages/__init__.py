"""The screens of the CRM, one file a page: each is generic and reads the snapshot; none knows a module."""
