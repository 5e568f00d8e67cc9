"""What tests are written with: fixtures for databases, the browser and the application, one file each."""
